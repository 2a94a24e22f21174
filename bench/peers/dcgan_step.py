#!/usr/bin/env python3
"""The DCGAN's training step in PyTorch: what ours is compared with on a GPU.

    dcgan_step.py                                      every mode at batch 64 and 1,024; one JSON line a row
    dcgan_step.py --mode graph-bf16 --batch 64         one row
    dcgan_step.py --serve --mode graph-bf16            warms up, then times a window for each line read, and answers it
                                                       with a line of JSON, so that two processes can take turns

A mode names how the step runs and its precision:

    eager      one operation after the other, as PyTorch is usually run
    compile    the generator and both losses through torch.compile
    graph      the whole step captured once as a CUDA graph, and replayed
    f32        true F32; tf32: convolutions and products may round their inputs to TF32; bf16: autocast, channels last

The step is that of semigan.bench.DcganStep: the same layers, losses, Adam and running average of both networks; fresh
noise; images generated once; batch statistics apart for real and generated images, and running statistics moved by the
real ones only; no gradient of the discriminator's weights where the generator learns.
"""

import argparse
import contextlib
import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

NOISE = 100
AVERAGING_RATE = 1e-3
WARM_UP_STEPS = 60  # autotuning, compilation, clocks and allocators settle in these
MODES = (
    "eager-f32",
    "graph-f32",
    "eager-tf32",
    "graph-tf32",
    "eager-bf16",
    "compile-bf16",
    "graph-bf16",
    "compile-graph-bf16",
)


class BatchNorm(nn.BatchNorm2d):
    """By the statistics of the batch. `tracking` says whether the running ones move; batches are not counted."""

    def forward(self, x, tracking):
        running = (self.running_mean, self.running_var) if tracking else (None, None)
        return functional.batch_norm(x, *running, self.weight, self.bias, True, self.momentum, self.eps)


class Generator(nn.Module):
    """Noise [N, 100] to images [N, C, H, W] in (-1, 1); Radford et al. 2016, arXiv:1511.06434."""

    def __init__(self, size, channels, width):
        super().__init__()
        filters = width * size // 8
        self.project = nn.Linear(NOISE, 4 * 4 * filters, bias=False)
        self.norms = nn.ModuleList([BatchNorm(filters)])
        self.ups = nn.ModuleList()
        while filters > width:
            self.ups.append(nn.ConvTranspose2d(filters, filters // 2, 4, 2, 1, bias=False))
            filters //= 2
            self.norms.append(BatchNorm(filters))
        self.image = nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False)

    def forward(self, z, channels_last):
        x = self.project(z)
        # Either way a view: the order of a row's features is the network's own to choose.
        x = x.view(len(z), 4, 4, -1).permute(0, 3, 1, 2) if channels_last else x.view(len(z), -1, 4, 4)
        x = functional.relu(self.norms[0](x, True), inplace=True)
        for up, norm in zip(self.ups, self.norms[1:]):
            x = functional.relu(norm(up(x), True), inplace=True)
        return torch.tanh(self.image(x))


class Discriminator(nn.Module):
    """Images [N, C, H, W] to a logit each, [N]: how real they are."""

    def __init__(self, size, channels, width):
        super().__init__()
        self.first = nn.Conv2d(channels, width, 4, 2, 1, bias=False)
        self.downs = nn.ModuleList()
        self.norms = nn.ModuleList()
        filters = width
        while filters < width * size // 8:
            self.downs.append(nn.Conv2d(filters, 2 * filters, 4, 2, 1, bias=False))
            filters *= 2
            self.norms.append(BatchNorm(filters))
        self.logit = nn.Linear(4 * 4 * filters, 1)

    def forward(self, x, channels_last, tracking):
        x = functional.leaky_relu(self.first(x), 0.2, inplace=True)
        for down, norm in zip(self.downs, self.norms):
            x = functional.leaky_relu(norm(down(x), tracking), 0.2, inplace=True)
        features = x.permute(0, 2, 3, 1) if channels_last else x
        return self.logit(features.flatten(1)).flatten().float()


class Step:
    """One update of the discriminator and one of the generator, on random images.

    `run` queues a step, `losses` reads those of the last one.
    """

    def __init__(self, mode, batch, size, channels, width, device):
        execution, precision = mode.rsplit("-", 1)
        self.device = torch.device(device)
        on_gpu = self.device.type == "cuda"
        graph, compiled = "graph" in execution, "compile" in execution
        if graph and not on_gpu:
            raise ValueError(f"mode '{mode}' needs a GPU, but the device is {device}")
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = precision != "f32"
        torch.manual_seed(0)

        self.batch = batch
        self.bf16 = precision == "bf16"
        self.channels_last = precision != "f32"  # F32's kernels want NCHW, tensor cores NHWC
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        shape = (size, channels, width)
        self.generator = Generator(*shape).to(self.device, memory_format=layout)
        self.discriminator = Discriminator(*shape).to(self.device, memory_format=layout)
        for p in (*self.generator.parameters(), *self.discriminator.parameters()):
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)
        self.real = torch.rand(batch, channels, size, size, device=self.device).mul_(2).sub_(1)
        self.real = self.real.contiguous(memory_format=layout)
        adam = dict(lr=2e-4, betas=(0.5, 0.999), fused=on_gpu, capturable=graph)
        self.generator_adam = torch.optim.Adam(self.generator.parameters(), **adam)
        self.discriminator_adam = torch.optim.Adam(self.discriminator.parameters(), **adam)
        self.weights = [t.detach() for n in (self.generator, self.discriminator) for t in weights_of(n)]
        self.average = [t.clone() for t in self.weights]

        if compiled:
            self.generate = torch.compile(self.generate)
            self.discriminator_loss = torch.compile(self.discriminator_loss)
            self.generator_loss = torch.compile(self.generator_loss)
        self.run = self.capture() if graph else self.eager

    def generate(self):
        return self.generator(torch.randn(self.batch, NOISE, device=self.device), self.channels_last)

    def discriminator_loss(self, fake):
        """Minus the log-likelihood of `real` on real and of `generated` on generated images, half each."""
        on_real = self.discriminator(self.real, self.channels_last, tracking=True)
        on_fake = self.discriminator(fake, self.channels_last, tracking=False)
        return (functional.softplus(-on_real).mean() + functional.softplus(on_fake).mean()) / 2

    def generator_loss(self, fake):
        return functional.softplus(-self.discriminator(fake, self.channels_last, tracking=False)).mean()

    def eager(self):
        with self.autocast():
            fake = self.generate()
            self.loss_of_discriminator = self.discriminator_loss(fake.detach())
        self.discriminator_adam.zero_grad(set_to_none=True)
        self.loss_of_discriminator.backward()
        self.discriminator_adam.step()

        self.discriminator.requires_grad_(False)
        with self.autocast():
            self.loss_of_generator = self.generator_loss(fake)
        self.generator_adam.zero_grad(set_to_none=True)
        self.loss_of_generator.backward()
        self.generator_adam.step()
        self.discriminator.requires_grad_(True)

        torch._foreach_lerp_(self.average, self.weights, AVERAGING_RATE)

    def autocast(self):
        if not self.bf16:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def capture(self):
        """The whole step as one CUDA graph; the random numbers move on with each replay."""
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(5):
                self.eager()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.eager()
        return graph.replay

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def losses(self):
        return self.loss_of_discriminator.item(), self.loss_of_generator.item()


def weights_of(network):
    """Parameters, and the running statistics of batch normalisation."""
    yield from network.parameters()
    yield from (t for name, t in network.named_buffers() if name.rsplit(".", 1)[-1].startswith("running"))


def window(step, steps):
    """Milliseconds a step, after some that are not timed: the other process had the device."""
    for _ in range(max(2, steps // 5)):
        step.run()
    step.wait()
    start = time.perf_counter()
    for _ in range(steps):
        step.run()
    step.wait()
    return (time.perf_counter() - start) / steps * 1e3


def ready(arguments, mode, batch):
    step = Step(mode, batch, arguments.size, arguments.channels, arguments.width, arguments.device)
    for _ in range(arguments.warm_up):
        step.run()
    window(step, arguments.steps)
    return step


def row(arguments, mode, batch, ms, **more):
    on_gpu = arguments.device.startswith("cuda")
    return {
        "peer": "pytorch",
        "task": "train-step",
        "mode": mode,
        "batch": batch,
        "image": f"{arguments.size}x{arguments.size}x{arguments.channels}",
        "width": arguments.width,
        "ms": round(ms, 4),
        "images_per_s": round(batch / ms * 1e3, 1),
        "device": torch.cuda.get_device_name(arguments.device) if on_gpu else "cpu",
        "torch": torch.__version__,
        "cuda": torch.version.cuda if on_gpu else None,
        "cudnn": torch.backends.cudnn.version() if on_gpu else None,
        **more,
    }


def table(arguments):
    """One row for each batch and mode; one that this device or version cannot run must not end the others."""
    failed = False
    for batch in arguments.batch:
        for mode in arguments.mode:
            try:
                step = ready(arguments, mode, batch)
                times = [window(step, arguments.steps) for _ in range(arguments.windows)]
                loss_d, loss_g = step.losses()
                line = row(
                    arguments,
                    mode,
                    batch,
                    statistics.median(times),
                    least_ms=round(min(times), 4),
                    greatest_ms=round(max(times), 4),
                    loss_discriminator=loss_d,
                    loss_generator=loss_g,
                )
            except Exception as failure:
                failed = True
                line = {"peer": "pytorch", "mode": mode, "batch": batch, "error": " ".join(str(failure).split())[:300]}
            print(json.dumps(line), flush=True)
            step = None
            forget()
    return 1 if failed else 0


def forget():
    """Gives memory and compiled code of one row back before the next."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if hasattr(torch, "compiler"):
        torch.compiler.reset()


def serve(arguments):
    if len(arguments.mode) != 1 or len(arguments.batch) != 1:
        sys.exit("--serve takes one --mode and one --batch")
    mode, batch = arguments.mode[0], arguments.batch[0]
    step = ready(arguments, mode, batch)
    for _ in sys.stdin:
        print(json.dumps(row(arguments, mode, batch, window(step, arguments.steps))), flush=True)
    return 0


def main():
    gpu = torch.cuda.is_available()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mode", nargs="+", choices=MODES, metavar="MODE", help="of " + ", ".join(MODES))
    p.add_argument("--batch", nargs="+", type=int, default=[64, 1024], help="images a step")
    p.add_argument("--size", type=int, default=32, help="image height and width: 32 or 64")
    p.add_argument("--channels", type=int, default=3, help="1 or 3")
    p.add_argument("--width", type=int, default=128, help="filters next to the image")
    p.add_argument("--windows", type=int, default=9, help="timed windows of a row")
    p.add_argument("--steps", type=int, default=100, help="steps of a window")
    p.add_argument("--warm-up", type=int, default=WARM_UP_STEPS, help="untimed steps before the first window")
    p.add_argument("--device", default="cuda" if gpu else "cpu", help="cuda, cuda:1 or cpu")
    p.add_argument("--serve", action="store_true", help="a window for each line of standard input")
    arguments = p.parse_args()
    if arguments.device.startswith("cuda:"):
        torch.cuda.set_device(arguments.device)
    if arguments.mode is None:
        arguments.mode = [m for m in MODES if arguments.device.startswith("cuda") or not ("graph" in m or "tf32" in m)]
    return serve(arguments) if arguments.serve else table(arguments)


if __name__ == "__main__":
    sys.exit(main())

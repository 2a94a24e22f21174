package semigan.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import semigan.tensor.Tensor;

/**
 * Modules one after the other. The names of their parameters begin with their place: {@code
 * 0.weight}.
 */
public final class Sequential implements Module {
  private final List<Module> modules;

  public Sequential(Module... modules) {
    this(List.of(modules));
  }

  public Sequential(List<Module> modules) {
    this.modules = List.copyOf(modules);
  }

  @Override
  public Tensor forward(Tensor x, Mode mode) {
    return forward(x, List.of(x.shape().size(0)), mode);
  }

  @Override
  public Tensor forward(Tensor x, List<Integer> batches, Mode mode) {
    for (Module module : modules) {
      x = module.forward(x, batches, mode);
    }
    return x;
  }

  @Override
  public Tensor initialise(Tensor x) {
    for (Module module : modules) {
      x = module.initialise(x);
    }
    return x;
  }

  @Override
  public Map<String, Tensor> parameters() {
    return named(Module::parameters);
  }

  @Override
  public Map<String, Tensor> statistics() {
    return named(Module::statistics);
  }

  private Map<String, Tensor> named(Function<Module, Map<String, Tensor>> part) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (int i = 0; i < modules.size(); i++) {
      String prefix = i + ".";
      part.apply(modules.get(i)).forEach((name, tensor) -> all.put(prefix + name, tensor));
    }
    return all;
  }
}

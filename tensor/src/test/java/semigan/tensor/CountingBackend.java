package semigan.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import semigan.kernels.Backend;

/** Passes every call on to another backend, and counts the calls of kernels by name. */
final class CountingBackend {
  private final Map<String, Integer> calls = new TreeMap<>();
  private final Backend counted;

  CountingBackend(Backend backend) {
    this.counted = (Backend) wrap(Backend.class, backend);
  }

  Backend backend() {
    return counted;
  }

  /** Calls of a kernel, as in {@code "backwardWeight"}. */
  int calls(String kernel) {
    return calls.getOrDefault(kernel, 0);
  }

  /** Calls of all kernels. */
  int calls() {
    return calls.values().stream().mapToInt(Integer::intValue).sum();
  }

  void reset() {
    calls.clear();
  }

  private Object wrap(Class<?> type, Object target) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (type != Backend.class) {
            calls.merge(method.getName(), 1, Integer::sum);
          }
          Object result = invoke(target, method, arguments);
          boolean family = type == Backend.class && method.getReturnType().isInterface();
          return family ? wrap(method.getReturnType(), result) : result;
        });
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}

interface Slot<T> {
  value: T | undefined;
}

/** Next bundles its own copy of every module beside the API server's. Both find the value of a name here. */
const host = globalThis as typeof globalThis & { agathaSingletons?: Map<string, Slot<unknown>> };

export interface Singleton<T, Args extends unknown[] = []> {
  /** The value, made on first use. */
  (...args: Args): T;
  /** The value, if it has been made. */
  peek(): T | undefined;
  /** Forgets the value and returns it: the next use makes a new one. */
  clear(): T | undefined;
}

/**
 * One value per process, whichever bundle asks first: a pool, a registry, a cache that must be dropped everywhere at
 * once. A module-level variable would exist twice. `name` is unique in the product.
 */
export function singleton<T extends object, Args extends unknown[] = []>(
  name: string,
  make: (...args: Args) => T,
): Singleton<T, Args> {
  const slot = slotOf<T>(name);
  const get = (...args: Args): T => {
    slot.value ??= make(...args);
    return slot.value;
  };
  return Object.assign(get, {
    peek: () => slot.value,
    clear: () => {
      const { value } = slot;
      slot.value = undefined;
      return value;
    },
  });
}

function slotOf<T>(name: string): Slot<T> {
  host.agathaSingletons ??= new Map();
  const slot = host.agathaSingletons.get(name) ?? { value: undefined };
  host.agathaSingletons.set(name, slot);
  return slot as Slot<T>;
}

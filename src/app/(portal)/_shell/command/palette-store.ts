let open = false;
const listeners = new Set<() => void>();

/** Whether the command palette is open; its buttons stand in several places. */
export const paletteStore = {
  set(next: boolean) {
    open = next;
    for (const notify of listeners) notify();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  current: () => open,
};

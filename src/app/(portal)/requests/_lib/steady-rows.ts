interface Row {
  /** Sorts by time, as our ids do. */
  id: string;
}

export interface SteadyRows<Item> {
  shown: Item[];
  /** How many newer ones wait above. */
  waiting: number;
}

/** While a reader points at a list, what is new waits above it; what is shown keeps its place and its state moves on. */
export function steadyRows<Item extends Row>(items: Item[], newestShown: string | null): SteadyRows<Item> {
  if (newestShown === null) return { shown: items, waiting: 0 };
  const shown = items.filter(({ id }) => id <= newestShown);
  return { shown, waiting: items.length - shown.length };
}

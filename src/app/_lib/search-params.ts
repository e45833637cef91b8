/** A page's query parameters, as Next passes them. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** A parameter's value; the first, where it is given more than once. */
export const firstValue = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** One line of what Prometheus scrapes. */
export interface Sampled {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The metrics of a process, as Prometheus reads them; nothing where it does not answer or refuses. */
export async function scrape(url: string, token?: string): Promise<Sampled[] | undefined> {
  try {
    const answer = await fetch(url, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok ? [...parse(await answer.text())] : undefined;
  } catch {
    return undefined;
  }
}

function* parse(text: string): Generator<Sampled> {
  for (const [, name = "", selector = "", value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    const labels = [...selector.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [
      key,
      text,
    ]);
    yield { name, labels: Object.fromEntries(labels), value: Number(value) };
  }
}

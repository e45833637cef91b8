/** What a driver is told, and how it answers: JSON on its standard output. */
export function target(): { url: string; key: string; since: string } {
  const [url, key, since] = process.argv.slice(2);
  if (url === undefined || key === undefined || since === undefined) throw new Error("url, key, since");
  return { url, key, since };
}

export function report(seen: unknown): void {
  process.stdout.write(JSON.stringify(seen));
}

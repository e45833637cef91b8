interface Cut {
  id: string;
  /** What had come by then; the last event may be a part of one. */
  text: string;
}

/** A resumable stream that is read until so many numbered events have come, and then left. */
export async function cutStream(
  url: string,
  {
    key,
    body,
    events,
    resumable = "true",
  }: { key: string; body: object; events: number; resumable?: string },
): Promise<Cut> {
  const hangUp = new AbortController();
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    signal: hangUp.signal,
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "x-agatha-resumable": resumable,
    },
    body: JSON.stringify(body),
  });
  const reader = reply.body?.getReader();
  let text = "";
  while ((text.match(/^id: /gm) ?? []).length < events) {
    text += new TextDecoder().decode((await reader?.read())?.value);
  }
  hangUp.abort();
  return { id: reply.headers.get("x-agatha-id") ?? "", text };
}

interface StreamEvent {
  /** By which the reader says where it stopped; of streams that can be read again. */
  id: number | undefined;
  data: string;
}

/** Each server-sent event (WHATWG HTML §9.2), as it arrives. Comments keep the connection open and are skipped. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (pending + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      pending = events.pop() ?? "";
      for (const event of events) {
        const data = field(event, "data");
        const id = field(event, "id");
        if (data !== "") yield { id: /^\d+$/.test(id) ? Number(id) : undefined, data };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function field(event: string, name: string): string {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).replace(/^ /, "")).join("\n");
}

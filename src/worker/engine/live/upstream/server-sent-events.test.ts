import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../failures/errors";
import { fromLatin1 } from "../../providers/wire/latin1";
import { ServerSentEvents } from "./server-sent-events";

function read(...chunks: Buffer[]): string[] {
  const events = new ServerSentEvents("openai");
  const found: string[] = [];
  for (const chunk of chunks) events.push(chunk, (data) => found.push(fromLatin1(data)));
  return found;
}

describe("server-sent events", () => {
  const stream = Buffer.from(
    ': hello\n\ndata: {"a":"ü漢🪨"}\n\nevent: x\r\nid: 7\r\ndata:{"b":1}\r\n\r\ndata: one\ndata: two\n\n\n\ndata: [DONE]\n\n',
  );
  const events = ['{"a":"ü漢🪨"}', '{"b":1}', "one\ntwo", "[DONE]"];

  it("are the same wherever the network cuts the stream, in the middle of a character too", () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(read(stream.subarray(0, at), stream.subarray(at))).toEqual(events);
    }
    expect(read(...Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(events);
  });

  it("are given only once they are whole", () => {
    expect(read(Buffer.from("data: a\n"))).toEqual([]);
    expect(read(Buffer.from("data: a\n\ndata: b"))).toEqual(["a"]);
  });

  it("have a largest size, so that a stream without line breaks fills no memory", () => {
    const events = new ServerSentEvents("openai");
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    const flood = () => {
      for (let sent = 0; sent < 64; sent++) events.push(megabyte, () => {});
    };
    expect(flood).toThrow(ProviderFailure);
  });
});

import { type IncomingMessage, request as open } from "node:http";

interface OpenedCall {
  response: Promise<IncomingMessage>;
  /** What has come so far. */
  read: { text: string; ended: boolean };
  hangUp(): void;
}

/** A call over a socket of its own, whose answer is read as it comes, and which can be left or paused. */
export function openCall(url: string, { key, body }: { key: string; body: object }): OpenedCall {
  const { hostname, port } = new URL(url);
  const request = open({
    ...{ hostname, port, path: "/v1/chat/completions", method: "POST", agent: false },
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  });
  request.on("error", () => undefined);
  request.end(JSON.stringify(body));
  const read = { text: "", ended: false };
  const response = new Promise<IncomingMessage>((resolve) => request.once("response", resolve));
  void response.then((answer) => {
    answer.on("data", (bytes: Buffer) => {
      read.text += bytes.toString("latin1");
    });
    answer.on("end", () => {
      read.ended = true;
    });
    answer.on("error", () => undefined);
  });
  return { response, read, hangUp: () => request.destroy() };
}

import { connect, type Socket } from "node:net";

/**
 * One kept-alive HTTP/1.1 connection that knows just enough of the protocol to tell where an answer ends. An ordinary
 * client would cost about as much CPU a request as the server it measures, on the same cores.
 */
export class HttpLine {
  #socket: Socket | undefined;
  #received = "";
  #settle: ((status: number) => void) | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** Resolves with the answer's status; 0 when the connection broke. One request at a time. */
  ask(request: string): Promise<number> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#received = "";
      this.#open().write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    socket.setEncoding("latin1"); // One character a byte: lengths count bytes.
    socket.on("data", (chunk: string) => this.#read(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#end(0);
    });
    this.#socket = socket;
    return socket;
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const head = this.#received.indexOf("\r\n\r\n");
    if (head === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received.slice(0, head + 2))?.[1];
    const whole =
      length === undefined
        ? this.#received.endsWith("0\r\n\r\n")
        : this.#received.length >= head + 4 + Number(length);
    if (whole) this.#end(Number(this.#received.slice(9, 12)));
  }

  #end(status: number): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(status);
  }
}

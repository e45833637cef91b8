import { type Command, Redis } from "ioredis";

/** Of each command, what stands between the braces of its keys: Redis places a key by that. */
export interface Sent {
  name: string;
  tags: (string | undefined)[];
}

/** A client that sends nothing, keeps what it was asked to send, and answers by `answer`. */
export function recordRedis(answer: (name: string) => unknown): { client: Redis; sent: Sent[] } {
  const sent: Sent[] = [];
  class Recorder extends Redis {
    override sendCommand(command: Command): unknown {
      const tags = command.getKeys().map((key) => /\{([^{}]+)\}/.exec(String(key))?.[1]);
      sent.push({ name: command.name, tags });
      command.resolve(answer(command.name));
      return command.promise;
    }
  }
  return { client: new Recorder({ lazyConnect: true }), sent };
}

/** The commands with several keys that a cluster could not place on one node. */
export function crossing(sent: readonly Sent[]): Sent[] {
  return sent.filter(({ tags }) => tags.length > 1 && (tags.includes(undefined) || new Set(tags).size > 1));
}

/** Asks for several at once; one answer each, in their order. Throwing fails them all. */
export type Ask<Question, Answer> = (questions: readonly Question[]) => Promise<readonly Answer[]>;

export interface GatherOptions {
  maxSize: number;
  /** How many may be asked at once, so that others gather meanwhile. */
  maxRunning: number;
}

interface Waiting<Question, Answer> {
  question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Questions that come while others are being asked share the next round trip: at rest each goes alone and at once, under load
 * one carries dozens.
 */
export class Gather<Question, Answer> {
  #waiting: Waiting<Question, Answer>[] = [];
  #running = 0;
  #scheduled = false;

  constructor(
    private readonly ask: Ask<Question, Answer>,
    private readonly options: GatherOptions,
  ) {}

  add(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#schedule();
    });
  }

  /** Those of the same turn of the event loop go together. */
  #schedule(): void {
    if (this.#scheduled || this.#running >= this.options.maxRunning || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#run(this.#waiting.splice(0, this.options.maxSize));
      this.#schedule();
    });
  }

  async #run(group: Waiting<Question, Answer>[]): Promise<void> {
    this.#running += 1;
    try {
      const answers = await this.ask(group.map(({ question }) => question));
      if (answers.length !== group.length) throw new Error("not one answer for each question");
      for (const [index, answer] of answers.entries()) group[index]?.resolve(answer);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.#running -= 1;
      this.#schedule();
    }
  }
}

/** A member of a bag, which remembers its position. */
export interface Bagged {
  /** Written by the bag; −1 outside it. */
  slot: number;
}

/**
 * What is under way, in no order. Unlike a `Set` it leaves nothing behind for the garbage collector: V8 gives a set that
 * members pass through a new table every few hundred of them, and a table that is given up keeps its members and the next
 * table until the next full collection, which made every call survive the collections of the young generation.
 */
export class Bag<Member extends Bagged> implements Iterable<Member> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    member.slot = this.#members.length;
    this.#members.push(member);
  }

  /** Whether it was in. */
  delete(member: Member): boolean {
    const { slot } = member;
    if (this.#members[slot] !== member) return false;
    member.slot = -1;
    const last = this.#members.pop();
    if (last === undefined || last === member) return true;
    this.#members[slot] = last;
    last.slot = slot;
    return true;
  }

  /** Of those that are in it now: members may be added and deleted meanwhile. */
  [Symbol.iterator](): IterableIterator<Member> {
    return [...this.#members].values();
  }
}

import { judge, type Position, START } from "../../judge";

/**
 * The fence as a small machine: a region that writes under one epoch, three witnesses, and a promotion that begins the next epoch
 * at them. Each answer of a witness, each step of the promotion and each tick of the clock may come between any two others, or not at
 * all: a witness that is out of reach is one that does not answer before the look ends. A process may be frozen within a look, or be
 * started anew. What a process concludes is the product's
 * own `judge`. `steps` gives every state that may follow, so that a test can visit all of them.
 */
export interface State {
  now: number;
  /** The newest epoch at each witness. */
  witnesses: number[];
  process: Position;
  look: { asked: number; heard: number[]; newest: number } | null;
  /** Since when most witnesses have the next epoch, as the promotion knows it. */
  begunAt: number | null;
  promoted: boolean;
  restarts: number;
  /** What went wrong; empty is the guarantee. */
  broken: string | null;
}

export interface Setting {
  witnesses: number[];
  restarts: number;
  promotes: boolean;
}

export type Bug =
  | "a reader beside the writer is a sign"
  | "one witness is enough to write"
  | "one witness is enough to begin"
  | "all witnesses are needed"
  | "time runs from the answer"
  | "the promotion does not wait"
  | "the promotion waits no longer than the time to live";

export interface Step {
  name: string;
  next: State;
}

const TTL = 1;
const HORIZON = 4;
const MOST = 2;
const HELD = 2;

export function start({ witnesses, restarts }: Setting): State {
  return {
    now: 0,
    witnesses: [...witnesses],
    process: { standing: "active", held: HELD, signAt: 0 },
    look: null,
    begunAt: null,
    promoted: false,
    restarts,
    broken: null,
  };
}

export function steps(state: State, { promotes }: Setting, bug?: Bug): Step[] {
  const found: Step[] = [];
  const step = (name: string, change: (next: State) => void) => {
    const next = { ...state, witnesses: [...state.witnesses] };
    change(next);
    next.broken ??= violated(next);
    found.push({ name, next });
  };
  if (state.now < HORIZON)
    step("a tick", (next) => {
      next.now += 1;
    });
  lookSteps(state, step, bug);
  if (state.restarts > 0)
    step("the process starts anew", (next) => {
      next.restarts -= 1;
      next.process = START;
      next.look = null;
    });
  if (promotes) promotionSteps(state, step, bug);
  return found;
}

type AddStep = (name: string, change: (next: State) => void) => void;

function lookSteps(state: State, step: AddStep, bug?: Bug): void {
  const { look } = state;
  if (look === null) {
    step("a look begins", (next) => {
      next.look = { asked: next.now, heard: [], newest: 0 };
    });
    return;
  }
  for (const [index, epoch] of state.witnesses.entries())
    if (!look.heard.includes(index))
      step(`witness ${index} answers`, (next) => {
        const heard = [...look.heard, index].sort();
        next.look = { ...look, heard, newest: Math.max(look.newest, epoch) };
      });
  step("the look ends", (next) => {
    const needed =
      bug === "one witness is enough to write"
        ? 1
        : bug === "all witnesses are needed"
          ? state.witnesses.length
          : MOST;
    next.process = judge(
      state.process,
      {
        // It has readers of its own, which follow it whatever becomes of the other regions.
        row: { epoch: HELD, supersededBy: null, follows: false, isFollowed: true },
        newest: look.heard.length >= needed ? look.newest : undefined,
        asked: bug === "time runs from the answer" ? state.now : look.asked,
        now: state.now,
      },
      { ttlMs: TTL, hasStore: true, followersCount: bug === "a reader beside the writer is a sign" },
    );
    next.look = null;
    // What has seen a later epoch is stopped for good, also where that one broke off.
    const hasSeenLater = next.process.standing === "fenced" || look.newest > HELD;
    const isHealthy = look.heard.length >= MOST && look.asked === state.now && !hasSeenLater;
    if (isHealthy && !mayWrite(next)) next.broken = "a home that hears most witnesses was stopped";
  });
}

function promotionSteps(state: State, step: AddStep, bug?: Bug): void {
  const begun = state.witnesses.filter((epoch) => epoch > HELD).length;
  for (const [index, epoch] of state.witnesses.entries())
    if (epoch <= HELD)
      step(`the next epoch is put at witness ${index}`, (next) => {
        next.witnesses[index] = HELD + 1;
      });
  if (state.begunAt === null) {
    if (begun >= (bug === "one witness is enough to begin" ? 1 : MOST))
      step("the promotion knows that it has begun", (next) => {
        next.begunAt = next.now;
      });
    return;
  }
  const waits =
    bug === "the promotion does not wait"
      ? 0
      : bug === "the promotion waits no longer than the time to live"
        ? TTL
        : TTL + 1;
  if (!state.promoted && state.now - state.begunAt >= waits)
    step("the standby writes", (next) => {
      next.promoted = true;
    });
}

/** As `standing()` says: also a process that was frozen knows by the clock that its time is over. */
function mayWrite({ process: { standing, signAt }, now }: State): boolean {
  return standing === "active" && now <= signAt + TTL;
}

function violated(state: State): string | null {
  return state.promoted && mayWrite(state) ? "both regions write" : null;
}

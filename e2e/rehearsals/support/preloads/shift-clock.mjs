// node --import …/shift-clock.mjs?ms=60000: the process believes that it is a minute later. Its timers run as before.
const by = Number(new URL(import.meta.url).searchParams.get("ms"));
const RealDate = Date;
const now = () => RealDate.now() + by;

const Shifted = new Proxy(RealDate, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, made === Shifted ? target : made),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
globalThis.Date = Shifted;

import type { createTailwindMerge } from "tailwind-merge";

type Config = ReturnType<Parameters<typeof createTailwindMerge>[0]>;

const any = () => true;
/** "2", "[3px]": a width. Anything else is a color. */
const width = (value: string) => /^\[?\d/.test(value);
/** "sm", "2xl", "[13px]", "[clamp(…)]": a type size. Anything else is a color. */
const typeSize = (value: string) => /^(xs|sm|base|lg|\d?xl|\[(\d|clamp|calc).*\])$/.test(value);

/** Groups whose classes are `<name>-<value>`, and with `bare` the name alone too. */
const values = (...names: string[]) => Object.fromEntries(names.map((name) => [name, [{ [name]: [any] }]]));
const bare = (...names: string[]) => Object.fromEntries(names.map((name) => [name, [{ [name]: ["", any] }]]));

const sides = ["t", "r", "b", "l"];
const spaces = (name: string) => [name, ...["x", "y", ...sides].map((side) => `${name}${side}`)];
const spaceConflicts = (name: string) => ({
  [name]: spaces(name).slice(1),
  [`${name}x`]: [`${name}r`, `${name}l`],
  [`${name}y`]: [`${name}t`, `${name}b`],
});

/**
 * Which classes set the same property, for the classes that our pages use. tailwind-merge's own table of all of Tailwind adds 5 kB
 * to every page. `cn.test.ts` compares this table with the full one and fails for a class that is missing here.
 */
export const classGroups = (): Config => ({
  cacheSize: 500,
  theme: {},
  orderSensitiveModifiers: ["*", "**", "after", "before", "file", "first-letter", "marker", "placeholder"],
  classGroups: {
    display:
      "block inline-block inline flex inline-flex table table-cell grid inline-grid contents hidden".split(
        " ",
      ),
    position: ["static", "fixed", "absolute", "relative", "sticky"],
    sr: ["sr-only", "not-sr-only"],
    container: ["@container"],
    ...values(
      "overflow",
      "overflow-x",
      "overflow-y",
      "object",
      "z",
      "order",
      "basis",
      "grid-cols",
      "col-start",
    ),
    ...values("inset", "inset-x", "inset-y", "top", "right", "bottom", "left", "size", "w", "h"),
    ...values("min-w", "max-w", "min-h", "max-h", "gap", "gap-x", "gap-y", "col", "content", "items", "self"),
    ...values("justify", "justify-items", "justify-self", "place-content", "place-items", "place-self"),
    ...values(...spaces("p"), ...spaces("m"), ...spaces("scroll-p"), ...spaces("scroll-m")),
    ...values("leading", "tracking", "list", "underline-offset", "align", "whitespace", "break", "wrap"),
    ...values(
      "bg",
      "fill",
      "accent",
      "opacity",
      "animate",
      "rotate",
      "translate",
      "translate-x",
      "translate-y",
    ),
    ...values("appearance", "cursor", "pointer-events", "resize", "select", "field-sizing", "outline-offset"),
    ...bare("grow", "shrink", "rounded", ...sides.map((side) => `rounded-${side}`), "shadow", "transition"),
    "flex-direction": [{ flex: ["row", "row-reverse", "col", "col-reverse"] }],
    "flex-wrap": [{ flex: ["wrap", "nowrap", "wrap-reverse"] }],
    flex: [{ flex: [any] }],
    "font-weight": [{ font: ["normal", "medium", "semibold", "bold"] }],
    "font-family": [{ font: ["sans", "mono"] }],
    "font-numbers": ["tabular-nums", "proportional-nums"],
    "text-size": [{ text: [typeSize] }],
    "text-align": [{ text: ["left", "center", "right", "justify", "start", "end"] }],
    "text-wrap": [{ text: ["wrap", "nowrap", "balance", "pretty"] }],
    "text-overflow": ["truncate", "text-ellipsis", "text-clip"],
    "text-transform": ["uppercase", "lowercase", "capitalize", "normal-case"],
    "text-color": [{ text: [any] }],
    "text-line": ["underline", "overline", "line-through", "no-underline"],
    "text-line-width": [{ decoration: [width] }],
    "text-line-color": [{ decoration: [any] }],
    "border-collapse": [{ border: ["collapse", "separate"] }],
    "border-style": [{ border: ["solid", "dashed", "dotted", "double", "hidden", "none"] }],
    "border-width": [{ border: ["", width] }],
    ...Object.fromEntries(sides.map((side) => [`border-${side}`, [{ [`border-${side}`]: ["", width] }]])),
    "border-color": [{ border: [any] }],
    "divide-x": [{ "divide-x": ["", width] }],
    "divide-y": [{ "divide-y": ["", width] }],
    "outline-style": [{ outline: ["solid", "dashed", "dotted", "double", "none", "hidden"] }],
    "outline-width": [{ outline: ["", width] }],
    "outline-color": [{ outline: [any] }],
    "stroke-width": [{ stroke: [width] }],
    "stroke-color": [{ stroke: [any] }],
    "snap-align": [{ snap: ["start", "end", "center", "align-none"] }],
    "snap-type": [{ snap: ["none", "x", "y", "both"] }],
    "snap-strictness": [{ snap: ["mandatory", "proximity"] }],
  },
  conflictingClassGroups: {
    overflow: ["overflow-x", "overflow-y"],
    inset: ["inset-x", "inset-y", "top", "right", "bottom", "left"],
    "inset-x": ["right", "left"],
    "inset-y": ["top", "bottom"],
    flex: ["basis", "grow", "shrink"],
    gap: ["gap-x", "gap-y"],
    size: ["w", "h"],
    translate: ["translate-x", "translate-y"],
    "text-size": ["leading"],
    rounded: sides.map((side) => `rounded-${side}`),
    "border-width": sides.map((side) => `border-${side}`),
    ...spaceConflicts("p"),
    ...spaceConflicts("m"),
    ...spaceConflicts("scroll-p"),
    ...spaceConflicts("scroll-m"),
  },
  conflictingClassGroupModifiers: { "text-size": ["leading"] },
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { twMerge } from "tailwind-merge";
import { expect, it } from "vitest";
import { cn } from "./cn";

const folders = ["../app", "."].map((folder) => join(import.meta.dirname, folder));
const sources = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("class-groups"))
    .map((file) => readFileSync(join(folder, file), "utf8")),
);
const words = new Set(sources.flatMap((source) => source.split(/[\s"'`{}]+/)));
/** Of the same class of Tailwind twice, tailwind-merge drops one. */
const isClass = (word: string) => word !== "" && twMerge(word, word) === word;
/** A word without any sign in it ("filter") is a class only where the table says so: most are variables and English. */
const isPlain = (word: string) => /^[a-z]+$/.test(word);
const classes = [...words].filter((word) => isClass(word) && (!isPlain(word) || cn(word, word) === word));

it("knows every class that the pages use", () => {
  expect(classes.length).toBeGreaterThan(500);
  expect(classes.filter((name) => cn(name, name) !== name)).toEqual([]);
});

it("lets the same of two classes win as tailwind-merge with all of Tailwind's classes", () => {
  // Without the conditions before them ("sm:hover:"), which are not read from the table.
  const bare = [...new Set(classes.map((name) => name.slice(name.lastIndexOf(":") + 1)))].filter(isClass);
  // One class of each property: of two for the same one, each wins over the other.
  const properties: string[] = [];
  for (const name of bare) {
    const known = properties.some((one) => twMerge(one, name) === name && twMerge(name, one) === one);
    if (!known) properties.push(name);
  }
  expect(properties.length).toBeGreaterThan(50);
  const pairs = bare.flatMap((name) => properties.flatMap((one) => [`${name} ${one}`, `${one} ${name}`]));
  expect(pairs.filter((pair) => cn(pair) !== twMerge(pair))).toEqual([]);
}, 120_000);

it("lets a later class win only where the conditions before it are the same", () => {
  expect(cn("p-4", "sm:p-6", "p-2")).toBe("sm:p-6 p-2");
  expect(cn("hover:bg-sunken", "bg-surface")).toBe("hover:bg-sunken bg-surface");
  expect(cn("text-muted", "text-sm", false, undefined, "text-ink")).toBe("text-sm text-ink");
});

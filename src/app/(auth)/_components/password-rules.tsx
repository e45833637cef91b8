import { Check, Circle } from "lucide-react";
import { cn } from "@/components/cn";

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
/** Characters that must remain without our name and the person's own words, as the server checks it. */
const MIN_OWN_LENGTH = 8;

interface Rule {
  text: string;
  met: (password: string, known: readonly string[]) => boolean;
}

function withoutOwnWords(password: string, known: readonly string[]): string {
  const words = ["agathaai", "agatha", ...known.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length);
  return words.reduce((rest, word) => rest.replaceAll(word, ""), password.toLowerCase());
}

const rules: readonly Rule[] = [
  {
    text: `${MIN_LENGTH} to ${MAX_LENGTH} characters`,
    met: (password) => {
      const { length } = [...password];
      return length >= MIN_LENGTH && length <= MAX_LENGTH;
    },
  },
  {
    text: "More than your name, your email or our name",
    met: (password, known) => [...withoutOwnWords(password, known)].length >= MIN_OWN_LENGTH,
  },
];

/** Words that a password must not be based on: the person's name, email and its part before the @. */
export const wordsOf = ({ name, email }: { name: string; email: string }) => [
  name,
  email,
  email.split("@")[0] ?? "",
];

/** `known`: what counts for nothing in the password. */
export function passwordIsAcceptable(password: string, known: readonly string[] = []): boolean {
  return rules.every(({ met }) => met(password, known));
}

/** What a form's schema says at the field whose password does not meet the rules. */
export const unacceptablePassword = (field: string) => ({
  path: [field],
  error: "The password doesn’t meet the rules yet.",
});

/** The rules, checked off while typing. The server checks whether the password is common or leaked. */
export function PasswordRules({ password, known = [] }: { password: string; known?: readonly string[] }) {
  return (
    <ul className="grid gap-1">
      {rules.map(({ text, met }) => {
        const done = met(password, known);
        const Icon = done ? Check : Circle;
        return (
          <li key={text} className={cn("flex items-center gap-2", done && "text-good")}>
            <Icon className={cn("size-3.5", !done && "p-0.5")} aria-hidden="true" />
            {text}
            <span className="sr-only">{done ? "(met)" : "(not yet met)"}</span>
          </li>
        );
      })}
      <li className="flex items-center gap-2">
        <Circle className="size-3.5 p-0.5" aria-hidden="true" />
        Not common or leaked (checked when you submit)
      </li>
    </ul>
  );
}

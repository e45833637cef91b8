import { Check, Circle } from "lucide-react";
import { cn } from "@/components/cn";

export const MIN_PASSWORD_LENGTH = 12;

interface Rule {
  text: string;
  met: (password: string, known: readonly string[]) => boolean;
}

const rules: readonly Rule[] = [
  {
    text: `At least ${MIN_PASSWORD_LENGTH} characters`,
    met: (password) => [...password].length >= MIN_PASSWORD_LENGTH,
  },
  {
    text: "Not your name or e-mail address",
    met: (password, known) => {
      const lower = password.toLowerCase();
      return lower !== "" && !known.some((word) => word.length > 3 && lower.includes(word.toLowerCase()));
    },
  },
];

/** `known`: the name and the e-mail as typed so far. */
export function passwordIsAcceptable(password: string, known: readonly string[]): boolean {
  return rules.every(({ met }) => met(password, known));
}

/** The rules, ticked off as one types. Whether a password is widely known is checked by the server. */
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
        Not a password known from a leak (checked when you send)
      </li>
    </ul>
  );
}

"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { cn } from "../cn";
import { type Theme, themes } from "./theme";
import { useTheme } from "./use-theme";

const looks = {
  system: { Icon: Monitor, label: "Same as the system" },
  light: { Icon: Sun, label: "Light" },
  dark: { Icon: Moon, label: "Dark" },
} satisfies Record<Theme, unknown>;

/** Three radio buttons in a row: system, light, dark. */
export function ThemeSwitch({ className }: { className?: string }) {
  const [theme, choose] = useTheme();
  return (
    <fieldset className={cn("inline-flex rounded-full border p-0.5", className)}>
      <legend className="sr-only">Theme</legend>
      {themes.map((option) => {
        const { Icon, label } = looks[option];
        return (
          <label
            key={option}
            title={label}
            className="flex size-7 cursor-pointer items-center justify-center rounded-full text-muted hover:text-ink has-checked:bg-sunken has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              value={option}
              checked={theme === option}
              onChange={() => choose(option)}
              className="sr-only"
            />
            <Icon className="size-3.5" aria-hidden="true" />
            <span className="sr-only">{label}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

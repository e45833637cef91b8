import type { Config } from "tailwindcss";

/**
 * Colors are roles, not hues. Every role is a CSS variable that resolves by `color-scheme` (see
 * `src/app/globals.css`), so no component writes a `dark:` variant.
 */
const roles = {
  paper: "var(--paper)",
  surface: "var(--surface)",
  sunken: "var(--sunken)",
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  edge: "var(--edge)",
  accent: {
    DEFAULT: "var(--accent)",
    strong: "var(--accent-strong)",
    ink: "var(--accent-ink)",
    soft: "var(--accent-soft)",
  },
  attention: { DEFAULT: "var(--attention)", soft: "var(--attention-soft)" },
  danger: {
    DEFAULT: "var(--danger)",
    strong: "var(--danger-strong)",
    ink: "var(--danger-ink)",
    soft: "var(--danger-soft)",
  },
  good: { DEFAULT: "var(--good)", soft: "var(--good-soft)" },
  chart: {
    1: "var(--chart-1)",
    2: "var(--chart-2)",
    3: "var(--chart-3)",
    4: "var(--chart-4)",
    5: "var(--chart-5)",
    6: "var(--chart-6)",
  },
};

export default {
  content: ["./src/{app,components}/**/*.{ts,tsx}"],
  theme: {
    colors: { transparent: "transparent", current: "currentColor", inherit: "inherit", ...roles },
    extend: {
      fontFamily: {
        sans: ["var(--font-geist-sans)", "system-ui", "sans-serif"],
        mono: ["var(--font-geist-mono)", "ui-monospace", "monospace"],
      },
      borderRadius: { sm: "4px", md: "6px", lg: "8px", xl: "12px" },
      borderColor: { DEFAULT: "var(--line)" },
      maxWidth: { portal: "1120px", prose: "680px" },
      transitionDuration: { DEFAULT: "120ms" },
    },
  },
} satisfies Config;

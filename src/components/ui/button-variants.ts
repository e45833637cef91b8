import { cva } from "class-variance-authority";

/** A button's styles, also for links and buttons that need no script. */
export const buttonVariants = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium transition-colors select-none disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-accent-ink hover:bg-accent-strong",
        secondary: "border border-edge bg-surface text-ink hover:bg-sunken",
        ghost: "text-ink hover:bg-sunken",
        /** Opens the question whose answer is the danger. */
        "danger-quiet": "border border-edge bg-surface text-danger hover:bg-danger-soft",
        danger: "bg-danger text-danger-ink hover:bg-danger-strong",
        link: "text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong",
      },
      size: {
        sm: "h-8 px-3 text-[13px]",
        md: "h-9 px-4 text-sm",
        lg: "h-11 px-5 text-[15px]",
        icon: "size-9",
        "icon-sm": "size-8",
        inline: "h-auto rounded-sm p-0",
      },
    },
    defaultVariants: { variant: "primary", size: "md" },
  },
);

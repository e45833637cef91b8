import { cva, type VariantProps } from "class-variance-authority";
import { Children, type ComponentProps } from "react";
import { cn } from "../cn";

const badgeVariants = cva(
  "inline-flex h-[22px] items-center gap-1.5 whitespace-nowrap rounded-full px-2 font-medium text-xs [&_svg]:size-3",
  {
    variants: {
      tone: {
        neutral: "bg-sunken text-muted",
        accent: "bg-accent-soft text-accent",
        attention: "bg-attention-soft text-attention",
        danger: "bg-danger-soft text-danger",
        good: "bg-good-soft text-good",
        outline: "border text-muted",
      },
    },
    defaultVariants: { tone: "neutral" },
  },
);

export type BadgeTone = NonNullable<VariantProps<typeof badgeVariants>["tone"]>;

/** Its text starts with a capital, whether it names a state of the API ("past due") or a plan. */
export function Badge({
  className,
  tone,
  children,
  ...props
}: ComponentProps<"span"> & { tone?: BadgeTone }) {
  const text = Children.toArray(children).every((child) => typeof child !== "object");
  return (
    <span className={cn(badgeVariants({ tone }), className)} {...props}>
      {text ? <span className="first-letter:uppercase">{children}</span> : children}
    </span>
  );
}

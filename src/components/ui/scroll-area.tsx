"use client";

import { type ComponentProps, useEffect, useRef, useState } from "react";
import { cn } from "../cn";

/**
 ** A scrolling box that is focusable only while it has something to scroll to (WCAG 2.1.1).
 * Positioned, so that it also clips what is: text for screen readers alone would widen the page.
 */
export function ScrollArea({ className, ...props }: Omit<ComponentProps<"div">, "ref" | "tabIndex">) {
  const area = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const measure = () => setScrolls(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <div {...props} className={cn("relative", className)} ref={area} tabIndex={scrolls ? 0 : undefined} />
  );
}

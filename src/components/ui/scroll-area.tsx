"use client";

import { type ComponentProps, useEffect, useRef, useState } from "react";

/** Scrolls by itself, and takes the keyboard's focus while there is something to scroll to (WCAG 2.1.1), not else. */
export function ScrollArea(props: Omit<ComponentProps<"div">, "ref" | "tabIndex">) {
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
  return <div {...props} ref={area} tabIndex={scrolls ? 0 : undefined} />;
}

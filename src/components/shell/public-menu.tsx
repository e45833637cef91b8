"use client";

import { Menu } from "lucide-react";
import Link from "next/link";
import { useId, useRef } from "react";
import { Button } from "../ui/button";

export interface PublicLink {
  href: string;
  label: string;
}

/** The public pages' menu on a phone, as the browser's own popover: Escape or a tap outside closes it and returns the focus. */
export function PublicMenu({ links }: { links: readonly PublicLink[] }) {
  const id = useId();
  const menu = useRef<HTMLUListElement>(null);
  return (
    <>
      <Button variant="ghost" size="icon" aria-label="Menu" popoverTarget={id} className="sm:hidden">
        <Menu aria-hidden="true" />
      </Button>
      <ul
        ref={menu}
        id={id}
        popover="auto"
        className="fixed inset-x-0 top-16 bottom-auto m-0 w-full border-b bg-paper px-3 py-2 text-ink"
      >
        {links.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              onClick={() => menu.current?.hidePopover()}
              className="flex h-11 items-center rounded-lg px-3 hover:bg-sunken"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

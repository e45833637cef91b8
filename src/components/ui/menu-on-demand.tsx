"use client";

import { type ComponentType, type KeyboardEvent, type ReactElement, type ReactNode, useState } from "react";

/** A menu that opens as it appears. `trigger` is its button, to be put inside the menu's own trigger. */
export type OpenMenu = ComponentType<{ trigger: ReactElement }>;

interface MenuOnDemandProps {
  /** Fetches the menu: begun when the button is pointed at or focused, needed when it is pressed. */
  load: () => Promise<OpenMenu>;
  className?: string;
  children: ReactNode;
}

/** The button of a menu that most visits never open: until then the menu's code, and its library's, stay away. */
export function MenuOnDemand({ load, className, children }: MenuOnDemandProps) {
  const [Menu, setMenu] = useState<OpenMenu | null>(null);
  const [opening, setOpening] = useState(false);
  if (Menu) {
    return (
      <Menu
        trigger={
          <button type="button" className={className}>
            {children}
          </button>
        }
      />
    );
  }

  // Without a connection nothing opens, and the next press tries again.
  const warm = () => void load().catch(() => undefined);
  const open = () => {
    setOpening(true);
    load()
      .then((loaded) => setMenu(() => loaded))
      .catch(() => setOpening(false));
  };
  const openByArrow = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  };
  return (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded="false"
      aria-busy={opening || undefined}
      className={className}
      onPointerEnter={warm}
      onFocus={warm}
      onClick={open}
      onKeyDown={openByArrow}
    >
      {children}
    </button>
  );
}

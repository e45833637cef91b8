"use client";

import { type ComponentType, type KeyboardEvent, type ReactElement, type ReactNode, useState } from "react";

/** A menu that is open when it mounts. `trigger` is its button, to be rendered inside the menu's own trigger. */
export type OpenMenu = ComponentType<{ trigger: ReactElement }>;

interface MenuOnDemandProps {
  /** Loads the menu: started on hover or focus, awaited on click. */
  load: () => Promise<OpenMenu>;
  className?: string;
  children: ReactNode;
}

/** A menu button that loads the menu's code, and its library, only when it is needed. */
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

  // A failed load is ignored: the next click tries again.
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

"use client";

import Link from "next/link";
import { useEffect, useRef } from "react";
import { Bands } from "@/components/brand/bands";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";

/** Takes the form's place, and the focus, so that a screen reader says it. */
export function InquirySent({ email, signedIn }: { email: string; signedIn: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Card className="flex h-fit flex-col items-start p-6" aria-label="Inquiry sent">
      <Bands />
      <h2 ref={heading} tabIndex={-1} className="mt-4 font-semibold text-lg tracking-tight outline-none">
        We received your inquiry
      </h2>
      <p className="wrap-anywhere mt-1.5 text-muted">
        We’ll reply to {email} within two working days. A confirmation is on its way to you.
      </p>
      <Button asChild variant="secondary" className="mt-5">
        {signedIn ? <Link href="/overview">Open portal</Link> : <Link href="/docs">Read guides</Link>}
      </Button>
    </Card>
  );
}

import type { Metadata } from "next";
import { SubscribeForm } from "./_components/subscribe-form";

export const metadata: Metadata = { title: "Get status updates" };

export default function SubscribePage() {
  return <SubscribeForm />;
}

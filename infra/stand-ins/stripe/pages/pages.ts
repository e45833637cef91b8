import type { Deliveries } from "../deliver";
import type { World } from "../world";
import { payCheckout, showCheckout } from "./checkout-page";
import { layout } from "./html";
import { confirmInvoice, invoicePdf, payInvoice, showInvoice } from "./invoice-page";
import type { PageAnswer } from "./page-answer";
import { actOnPanel, showPanel } from "./panel-page";
import { actOnPortal, showPortal } from "./portal-page";

/** The hosted pages: checkout, customer portal, invoices, and the test panel at the root. */
export function answerPage(
  world: World,
  deliveries: Deliveries,
  { method, path, form }: { method: string; path: string; form: URLSearchParams },
): PageAnswer {
  const [, kind = "", second = "", third = "", fourth = ""] = path.split("/");
  const posts = method === "POST";
  const { sessions, portal_sessions, invoices } = world.state;
  if (kind === "" && !posts) return showPanel(world, deliveries);
  if (kind === "panel" && posts) return actOnPanel(world, deliveries, second, form);
  const checkout = kind === "c" && second === "pay" ? sessions[third] : undefined;
  if (checkout !== undefined) {
    return posts && fourth === "pay" ? payCheckout(world, checkout, form) : showCheckout(world, checkout);
  }
  const portal = kind === "p" && second === "session" ? portal_sessions[third] : undefined;
  if (portal !== undefined) {
    return posts ? actOnPortal(world, portal, fourth, form) : showPortal(world, portal);
  }
  const invoice = kind === "i" ? invoices[second] : undefined;
  if (invoice !== undefined && invoice.hosted_invoice_url !== null) {
    if (third === "pdf") return { status: 200, pdf: invoicePdf(invoice) };
    if (posts && third === "confirm") return confirmInvoice(world, invoice, form);
    return posts && third === "pay" ? payInvoice(world, invoice) : showInvoice(world, invoice);
  }
  return { status: 404, html: layout("Not found", "<h1>There is no such page.</h1>") };
}

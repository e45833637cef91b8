import type { Route } from "./route";
import { agreementRoutes } from "./routes/agreements";
import { checkoutRoutes } from "./routes/checkout";
import { customerRoutes } from "./routes/customers";
import { eventRoutes } from "./routes/events";
import { invoiceRoutes } from "./routes/invoices";
import { meterRoutes } from "./routes/meters";
import { paymentRoutes } from "./routes/payments";
import { portalRoutes } from "./routes/portal";
import { priceRoutes } from "./routes/prices";
import { redactionRoutes } from "./routes/redaction";
import { scheduleRoutes } from "./routes/schedules";
import { subscriptionRoutes } from "./routes/subscriptions";
import { taxIdRoutes } from "./routes/tax-ids";
import { webhookEndpointRoutes } from "./routes/webhook-endpoints";

export const routes: readonly Route[] = [
  ...agreementRoutes,
  ...checkoutRoutes,
  ...customerRoutes,
  ...eventRoutes,
  ...invoiceRoutes,
  ...meterRoutes,
  ...paymentRoutes,
  ...portalRoutes,
  ...priceRoutes,
  ...redactionRoutes,
  ...scheduleRoutes,
  ...subscriptionRoutes,
  ...taxIdRoutes,
  ...webhookEndpointRoutes,
];

// The runtime: draws one application, whichever the address names.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applicationTransport } from "./api/remote.ts";
import { applicationBase } from "./runtime/address.ts";
import { Application } from "./runtime/application.tsx";
import { fetchLatePartsWhenIdle } from "./runtime/form/late.tsx";
import { newQueryClient, TransportProvider } from "./runtime/transport_context.tsx";
import { Frame } from "./ui/frame.tsx";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Frame>
        <TransportProvider
          transport={applicationTransport(applicationBase())}
          client={newQueryClient()}
        >
          <Application />
        </TransportProvider>
      </Frame>
    </StrictMode>,
  );
  fetchLatePartsWhenIdle();
}

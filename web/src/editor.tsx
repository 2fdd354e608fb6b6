// The editor's front door: who is signed in, which applications run, which models exist.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { serverTransport } from "./api/remote.ts";
import { Home } from "./editor/home.tsx";
import { Frame } from "./ui/frame.tsx";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Frame>
        <Home transport={serverTransport()} />
      </Frame>
    </StrictMode>,
  );
}

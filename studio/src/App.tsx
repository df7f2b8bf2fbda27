import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Router, Switch } from "wouter";
import { onUnauthorized } from "./api/client";
import { queryClient } from "./api/queries";
import { NoEntry } from "./pages/NoEntry";
import { routes } from "./routes";
import { Toasts } from "./ui/Toast";
import { basePath } from "./ui/url";

export function App() {
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    const stop = onUnauthorized(() => setRefused(true));
    return () => void stop();
  }, []);
  return (
    <QueryClientProvider client={queryClient}>
      <Router base={basePath()}>
        {refused ? <NoEntry /> : <Switch>{routes}</Switch>}
        <Toasts />
      </Router>
    </QueryClientProvider>
  );
}

import { ApiError } from "../api/client";

/** What could not be read, in the server's words, with what to do and a way to try again. `page`: nothing else is on the page. */
export function Problem({
  error,
  retry,
  page = false,
}: {
  error: unknown;
  retry?: () => void;
  page?: boolean;
}) {
  const Heading = page ? "h1" : "h2";
  const message = error instanceof Error ? error.message : String(error);
  const isAbsent = error instanceof ApiError && error.status === 404;
  const hint = error instanceof ApiError ? error.hint : null;
  return (
    <div className="body">
      <section className="fail" role="alert">
        <Heading>{message}</Heading>
        {hint && <p>{hint}</p>}
        {retry && !isAbsent && (
          <div className="btn-row mt">
            <button type="button" className="btn small" onClick={retry}>
              Try again
            </button>
          </div>
        )}
      </section>
    </div>
  );
}

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { LogBuffer } from "./buffer";
import { type Hit, mark } from "./search";

const LINE_PX = 20;
/** This near to the end counts as the end. */
const NEAR_PX = 24;

export interface LinesHandle {
  toEnd: () => void;
  toLine: (line: number) => void;
}

export interface LinesProps {
  label: string;
  buffer: LogBuffer;
  version: number;
  wrap: boolean;
  follow: boolean;
  /** 0-based; the line a link points at. */
  at: number | null;
  hits: Hit[];
  hitLength: number;
  hitNow: Hit | null;
  /** Numbers can be told only if the file's beginning is here. */
  numbered: boolean;
  lineHref: (line: number) => string;
  onLine: (line: number) => void;
  onFollow: (follow: boolean) => void;
  handle: Ref<LinesHandle>;
}

/** The lines in view of a log. Scrolling up lets go of the end, reaching it takes hold again. */
export function LogLines(props: LinesProps) {
  const { buffer, version, wrap, follow } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: buffer.count,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useFollow(box, follow, version, wrap, props.onFollow);
  useImperativeHandle(props.handle, () => ({
    toEnd: () => box.current?.scrollTo({ top: box.current.scrollHeight }),
    toLine: (line) => virtual.scrollToIndex(line, { align: "center" }),
  }));
  const byLine = useMemo(() => {
    const found = new Map<number, number[]>();
    for (const { line, start } of props.hits) found.set(line, [...(found.get(line) ?? []), start]);
    return found;
  }, [props.hits]);
  const items = virtual.getVirtualItems();
  return (
    <div
      className={["log", wrap && "wrap", buffer.count > 9999 && "long"].filter(Boolean).join(" ")}
      ref={box}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={props.label}
    >
      <div className="log-all" style={{ height: virtual.getTotalSize() }}>
        <div className="log-seen" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map(({ index, key }) => (
            <div
              key={key}
              data-index={index}
              ref={wrap ? virtual.measureElement : undefined}
              className={index === props.at ? "ln at" : "ln"}
            >
              <LineNumber index={index} props={props} />
              <code>
                {mark(
                  buffer.spans(index),
                  byLine.get(index) ?? [],
                  props.hitLength,
                  props.hitNow?.line === index ? props.hitNow.start : null,
                ).map((span, at) =>
                  span.mark ? (
                    <mark key={at} className={span.mark === "now" ? "now" : undefined}>
                      {span.text}
                    </mark>
                  ) : span.look ? (
                    <span key={at} className={span.look}>
                      {span.text}
                    </span>
                  ) : (
                    span.text
                  ),
                )}
              </code>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function LineNumber({ index, props }: { index: number; props: LinesProps }) {
  if (!props.numbered) return <span className="no" />;
  const go = (event: React.MouseEvent) => {
    event.preventDefault();
    props.onLine(index);
  };
  return (
    <a href={props.lineHref(index)} onClick={go} aria-label={`Line ${index + 1}`}>
      {index + 1}
    </a>
  );
}

/** Keep the end in view while following; tell when a person scrolls away from it or back. */
function useFollow(
  box: RefObject<HTMLDivElement | null>,
  follow: boolean,
  version: number,
  wrap: boolean,
  onFollow: (follow: boolean) => void,
): void {
  const lastTop = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text, or text laid out anew, moves the end
  useLayoutEffect(() => {
    const element = box.current;
    if (follow && element) element.scrollTop = element.scrollHeight;
  }, [box, follow, version, wrap]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => {
      const top = element.scrollTop;
      const isAtEnd = element.scrollHeight - top - element.clientHeight < NEAR_PX;
      if (top < lastTop.current - 2 && !isAtEnd) onFollow(false);
      else if (isAtEnd) onFollow(true);
      lastTop.current = top;
    };
    // While text keeps coming, the next of it would undo a scroll before its event is heard.
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollTop > 0) onFollow(false);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: true });
    return () => {
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [box, onFollow]);
}

-- One day of departures, with real times instead of HHMM on a local clock.
WITH clocks AS (
    SELECT
        *,
        60 * (dep_time // 100) + dep_time % 100 - 60 * (sched_dep_time // 100) - sched_dep_time % 100 AS minutes
    FROM read_parquet($raw)
)
SELECT
    * EXCLUDE (minutes),
    to_timestamp(epoch(time_hour) + 60 * minute) AS departs_at,
    to_timestamp(epoch(time_hour) + 60 * (minute + dep_delay)) AS left_at,
    CASE WHEN minutes < -720 THEN minutes + 1440 ELSE minutes END AS clock_delay -- it left after midnight
FROM clocks
ORDER BY departs_at, carrier, flight

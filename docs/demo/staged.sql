-- One day of departures, with real times instead of HHMM on a local clock.
WITH clocks AS (
    SELECT
        *,
        60 * (dep_time // 100) + dep_time % 100 - 60 * (sched_dep_time // 100) - sched_dep_time % 100 AS apart
    FROM read_parquet($raw)
)
SELECT
    * EXCLUDE (apart),
    to_timestamp(epoch(time_hour) + 60 * minute) AS departs_at,
    to_timestamp(epoch(time_hour) + 60 * (minute + dep_delay)) AS left_at,
    (apart + 60 + 1440) % 1440 - 60 AS clock_delay -- from an hour early to 23 hours late, midnight or not
FROM clocks
ORDER BY departs_at, carrier, flight

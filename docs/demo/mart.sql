-- How punctual each carrier was on one day.
SELECT
    make_date(year, month, day) AS date,
    carrier,
    airlines.name AS airline,
    count(*) AS flights,
    count(*) FILTER (left_at IS NULL) AS cancelled,
    count(*) FILTER (dep_delay >= 15) AS late,
    round(avg(dep_delay), 1) AS mean_delay
FROM read_parquet($staged)
JOIN read_parquet($airlines) AS airlines USING (carrier)
GROUP BY ALL
ORDER BY carrier

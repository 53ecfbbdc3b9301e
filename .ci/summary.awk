# Sums surefire's XML reports: reasons of skipped tests, names of failed ones, and the closing line.
# Given: status = Maven's exit status, missing = number of *Properties classes without a report.

function attribute(line, name,    at, rest) {
    at = match(line, "[ \t]" name "=\"[^\"]*\"")
    if (!at) return ""
    rest = substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    gsub(/&quot;/, "\"", rest); gsub(/&apos;/, "'", rest); gsub(/&lt;/, "<", rest); gsub(/&gt;/, ">", rest)
    gsub(/&#10;/, " ", rest); gsub(/&amp;/, "\\&", rest)
    return rest
}

# The text of an aborted test, which stands in CDATA behind the class of the exception.
function aborted(line) {
    sub(/.*<!\[CDATA\[[A-Za-z0-9_.]*(: )?(Assumption failed: )?/, "", line)
    return line ~ /<skipped/ ? "" : line
}

/<testsuite / { tests += attribute($0, "tests"); errors += attribute($0, "errors")
    failures += attribute($0, "failures"); skipped += attribute($0, "skipped") }
/<testcase / { test = attribute($0, "classname") "." attribute($0, "name") }
/<skipped/ { reason = attribute($0, "message"); if (reason == "") reason = aborted($0); if (!(reason in skips)) order[++reasons] = reason; skips[reason]++ }
/<(failure|error)[ >]/ { failed[++names] = test ": " attribute($0, "message") }

END {
    for (i = 1; i <= reasons; i++) printf "skipped  %d: %s\n", skips[order[i]], order[i] == "" ? "no reason given" : order[i]
    for (i = 1; i <= names; i++) printf "FAILED   %s\n", failed[i]
    bad = errors + failures + missing
    if (status != 0) { print "Maven ended with status " status ": not everything was built or run"; bad++ }
    if (tests == 0) { print "no test has run"; bad++ }
    printf "%d passed, %d failed, %d skipped\n", tests - errors - failures - skipped, bad, skipped
    exit bad > 0
}

"""The scripts are for `test_scripts` to run; pytest must not import them in search of examples."""

collect_ignore = ["scripts"]

"""Where articles come from: feeds, pages, channels, exports and folders that are looked at on a schedule.

source.py     what a source is, and an item of one
registry.py   the sources and their state, at the broker
gathering.py  what a source has at the moment: one reader a kind
              feeds.py  links.py  telegram.py  export.py  folder.py
polling.py    one poll: gather, leave out what is known, submit, note
alarms.py     a source that fails, falls silent or changes its layout
opml.py       lists of feeds from and for other readers
"""

import sys
MAPPING: dict[str, str] = {'demo': '/src/demo', 'one': '/src/one.py'}
NAMESPACES = {}

/* What generate.py makes of rules.py, and of the patterns that searches.py hands to the engine. */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rule.h"

/* Characters of a word that the rules of the stages word and number look at, as tokens.py has it. */
enum { LONGEST_WORD = 256 };

extern const char RULES_DIGEST[];

extern const struct rule MASK_RULE; /* of all rules of the stage; its match has the number of the rule */
extern const char *const MASK_BECOMES[];
extern const struct stage LINE_STAGE, WORD_STAGE, NUMBER_STAGE, PART_STAGE, TOKEN_STAGE;
extern const struct rule HTTP_KEY_RULE;

/* One of the patterns that are searched for. */
struct search {
    struct rule rule;
    const struct rule *near; /* each match has one of these in it; NULL: nothing tells where to look */
    uint32_t reach;          /* from the beginning of a match to the first of them at the most */
};

extern const char SEARCHES_DIGEST[];
extern const struct search SEARCHES[];
extern const uint32_t SEARCHES_COUNT;

/* What gists.py looks for. */
extern const char GISTS_DIGEST[];
extern const struct rule IDS_RULE, TAKEN_OUT_RULE, INTEGER_RULE, HOST_RULE, POINTS_RULE;

extern const struct regex_code RULES_CODE; /* of all of them */

#endif

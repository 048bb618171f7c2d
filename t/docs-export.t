#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/export.md: its commands run with the configuration that it shows, and
# answer as it says; it names each parameter, each field and each code; its
# recipe makes leads.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Page;
use Tender::Test;


my $page = slurp('docs/export.md');
my ($conf) = $page =~ /^```nginx\n(.*?)^```$/ms;

my $t = access_test(
    http     => 'tender_plan preview minute=0;',
    location => "$conf
        location = /rest/1/token/crm.lead.add.json {
            default_type application/json;
            return 200 '{\"result\":1}';
        }",
);
my $account = account($t, scopes => ['read', 'create']);
my $key     = api_code($t, $account)->{code};

my $run = Tender::Page->new(
    t => $t, name => 'export.md',
    given => { KEY => $key, PORTAL => $t->url('/rest/1/token') },
);

cmp_ok($run->run($page), '>', 40, 'the page has examples');
$run->finish;

my @leads = $t->access_log =~ m{POST /rest/1/token/crm\.lead\.add\.json}g;

is(scalar @leads, 2, 'two leads were made');


# ------------------------------------------------------- what the page names

sub named {
    my ($what, @names) = @_;

    my @missing = grep { $page !~ /^\|[^\n]*`\Q$_\E`/m } @names;

    cmp_ok(scalar @names, '>', 3, "there are $what");
    is_deeply(\@missing, [], "each of the $what is in a table");
}

my $fields = slurp('docs/fields.md');
my ($query) = $fields =~ /^## Query\n(.*)/ms;

named('parameters of a search', $query =~ /^\| `(\w+)` \|/mg);

my $criteria = slurp('store/ngx_http_tender_criteria.c');
my ($others) = $criteria =~ /criteria_others\[\] = \{(.*?)\n\}/s;

named('other parameters', grep { !/access_token|get_api_code|refresh_code/ }
                               $others =~ /"(\w+)"/g);

my $items = slurp('model/tender_item.c');

named('fields', $items =~ /tender_item_field\("(\w+)"/g);

my $modes = slurp('export/ngx_http_tender_export_terms.c');

for my $mode ($modes =~ /tender_string\("(\w+)"\), (?:0|TENDER)/g) {
    like($page, qr/`$mode`/, "mode=$mode");
}

my $codes = join '', map { slurp($_) }
            glob 'export/ngx_http_tender_export{,_search}.c';

like($page, qr/`$_`/, "the code $_")
    for qw(preview plan_page_limit plan_all not_found too_many_requests);
like($codes, qr/"$_"/, "which the source has: $_")
    for qw(preview plan_page_limit plan_all not_found too_many_requests);

my $logs = $t->kept_log . $t->access_log;

unlike($logs, qr/\Q$key\E/, 'no key is in a log');

$t->finish;
done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}
